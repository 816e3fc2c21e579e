import { DefaultPayloadConverter, type Payload } from '@temporalio/common';

/** What cannot be read reaches a handler as a text that says so, to be refused there: thrown, it would stop the workflow for good. */
class ForgivingConverter extends DefaultPayloadConverter {
  override fromPayload<T>(payload: Payload): T {
    try {
      return super.fromPayload<T>(payload);
    } catch (error) {
      return `a payload that cannot be read: ${String(error)}` as T;
    }
  }
}

export const payloadConverter = new ForgivingConverter();
