import { DefaultPayloadConverter, type Payload } from '@temporalio/common';

/** A payload that cannot be read becomes a text that says so, which the handler rejects. An exception would block the workflow for good. */
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
