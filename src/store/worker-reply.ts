/** The worker's end of the conversation: replies as JSON text, errors as plain values. */
import { parentPort } from 'node:worker_threads';
import { GearboxError, InvalidRequestError } from '../errors.ts';
import { describeError } from './database.ts';
import type { WorkerFailure, WorkerReply } from './worker-message.ts';

export const toFailure = (error: unknown): WorkerFailure => {
  if (!(error instanceof GearboxError)) {
    return { kind: 'store', code: 'store_error', status: 500, message: `The store failed: ${describeError(error)}.` };
  }
  const { code, status, message } = error;
  return { kind: error instanceof InvalidRequestError ? 'request' : 'store', code, status, message };
};

export const reply = (message: WorkerReply): void => {
  parentPort?.postMessage(JSON.stringify(message));
};

/** Lets the thread end once nothing is left to do. */
export const endWorker = (): void => {
  parentPort?.close();
};

/** Runs `serve` for every message; what `start` throws is reported as a refusal and ends the worker. */
export const runWorker = (start: () => (message: unknown) => void): void => {
  try {
    const serve = start();
    parentPort?.on('message', serve);
    reply({ type: 'ready' });
  } catch (error) {
    reply({ type: 'refused', failure: toFailure(error) });
    endWorker();
  }
};
