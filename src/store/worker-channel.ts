/** The serving thread's end of the conversation with a store worker: numbered requests, promises, and its death. */
import { Worker } from 'node:worker_threads';
import { InvalidRequestError, StoreError } from '../errors.ts';
import type { Primitive } from './rows.ts';
import type { Numbered, WorkerFailure, WorkerReply } from './worker-message.ts';

/** Starts a thread; tests pass their own to get hold of it. */
export type StartWorker = (file: URL, workerData: unknown) => Worker;

export interface WorkerChannel<Request> {
  /** Adds a request to the next message and resolves with its answer (`undefined`: not found). */
  readonly ask: (request: Request) => Promise<unknown>;
  /** Sends values right away, ahead of requests that still wait for their message. */
  readonly sendValues: (values: Primitive[]) => void;
  /** Whether the thread has ended, on request or not. */
  readonly hasEnded: () => boolean;
  /** Resolves when the thread has ended. */
  readonly ended: Promise<void>;
}

export interface ChannelOptions {
  readonly worker: Worker;
  /** Called before the waiting requests are sent, so that records made earlier go first. */
  readonly beforeRequests?: () => void;
  /** Replies that answer no request. */
  readonly onNotice?: (notice: WorkerReply & { readonly type: 'records' | 'warning' }) => void;
  /** The thread ended though nobody asked it to. Called once, after all waiting promises were rejected. */
  readonly onFailure: (error: StoreError) => void;
}

/** A sibling file of this one, `.ts` when run from source and `.js` when built. */
const toWorkerFile = (name: string): URL => {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./${name}.${ending}`, import.meta.url);
};

// execArgv is emptied: flags of the main program such as --test or --input-type make no sense, or harm, in the worker.
const startThread: StartWorker = (file, workerData) => new Worker(file, { workerData, execArgv: [], name: 'store' });

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const fromFailure = ({ kind, code, status, message }: WorkerFailure): InvalidRequestError | StoreError =>
  kind === 'request'
    ? new InvalidRequestError(message, { code, status })
    : new StoreError(message, { code, status, retryable: status === 503 });

const toEndError = (reason: unknown): StoreError =>
  new StoreError(
    `The store's worker thread ended unexpectedly${reason instanceof Error ? `: ${reason.message}` : ''}. ` +
      'Restart the server; what was acknowledged as durable is safe in the file.',
    { code: 'store_failed', status: 503, ...(reason instanceof Error ? { cause: reason } : {}) },
  );

/** Starts the worker of this name and waits until it is ready. Rejects with what the worker says if it refuses. */
export const startWorker = async (
  name: string,
  workerData: unknown,
  start: StartWorker = startThread,
): Promise<Worker> => {
  const worker = start(toWorkerFile(name), workerData);
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: unknown): void => reject(toEndError(reason));
    worker.once('error', fail);
    worker.once('exit', fail);
    worker.once('message', (text: string) => {
      const first = JSON.parse(text) as WorkerReply; // written by worker-reply.ts
      worker.off('error', fail).off('exit', fail);
      if (first.type === 'refused') {
        // An error between refusal and end has nothing to add.
        worker.on('error', () => {});
        reject(fromFailure(first.failure));
        return;
      }
      resolve();
    });
  });
  return worker;
};

/** Promises of requests that have no answer yet. */
const createWaitingRoom = () => {
  const waiting = new Map<number, Waiting>();
  let lastNumber = 0;
  return {
    isEmpty: (): boolean => waiting.size === 0,
    enter: (): { readonly number: number; readonly answer: Promise<unknown> } => {
      lastNumber += 1;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(lastNumber, { resolve, reject });
      return { number: lastNumber, answer: promise };
    },
    settle: (reply: WorkerReply & { readonly type: 'answer' | 'error' }): void => {
      const promise = waiting.get(reply.number);
      waiting.delete(reply.number);
      if (reply.type === 'answer') {
        promise?.resolve(reply.value);
      } else {
        promise?.reject(fromFailure(reply.failure));
      }
    },
    rejectAll: (error: StoreError): void => {
      for (const { reject } of waiting.values()) {
        reject(error);
      }
      waiting.clear();
    },
  };
};

export const createChannel = <Request extends { readonly type: string }>({
  worker,
  beforeRequests = () => {},
  onNotice = () => {},
  onFailure,
}: ChannelOptions): WorkerChannel<Request> => {
  const room = createWaitingRoom();
  let outbox: Numbered<Request>[] = [];
  let failure: StoreError | null = null;
  let isClosing = false;
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();

  const sendRequests = (): void => {
    if (outbox.length > 0 && failure === null) {
      beforeRequests();
      worker.postMessage(JSON.stringify(outbox));
      outbox = [];
    }
  };

  const end = (reason: unknown): void => {
    if (failure !== null) {
      return;
    }
    const isExpected = isClosing && room.isEmpty();
    failure = isExpected ? closedError() : toEndError(reason);
    outbox = [];
    room.rejectAll(failure);
    resolveEnded();
    if (!isExpected) {
      onFailure(failure);
    }
  };
  worker.on('message', (text: string) => {
    const reply = JSON.parse(text) as WorkerReply; // written by worker-reply.ts
    if (reply.type === 'answer' || reply.type === 'error') {
      room.settle(reply);
    } else if (reply.type === 'records' || reply.type === 'warning') {
      onNotice(reply);
    }
  });
  worker.on('error', end);
  worker.on('exit', end);

  return {
    ask: (request) => {
      if (failure !== null || isClosing) {
        return Promise.reject(failure ?? closedError());
      }
      isClosing = request.type === 'close';
      if (outbox.length === 0) {
        // One message, and so one commit, for everything that this turn of the event loop asks for.
        setImmediate(sendRequests);
      }
      const { number, answer } = room.enter();
      outbox.push([number, request]);
      return answer;
    },
    sendValues: (values) => worker.postMessage(values),
    hasEnded: () => failure !== null,
    ended,
  };
};

const closedError = (): StoreError =>
  new StoreError('The store is closed; it was used after close().', { code: 'store_closed' });
