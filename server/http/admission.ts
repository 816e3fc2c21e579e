import type { RequestHandler } from 'express';
import type { Admission } from '../../service/admission.ts';

/** Lets a request pass that begins something, unless the process stops. It counts until its response is over. */
export function admit(admission: Admission): RequestHandler {
  return (_request, response, next) => {
    const admitted = admission.admit();
    response.once('close', () => admitted[Symbol.dispose]());
    next();
  };
}

/** A connection that is kept would be closed under the client's next request, which may be a report of an open turn. */
export function closeConnections(admission: Admission): RequestHandler {
  return (_request, response, next) => {
    if (admission.isStopping) response.set('Connection', 'close');
    next();
  };
}
