/** The thread that reads a store, read-only and beside its writer. Started by `sqlite-reader.ts`. */
import { workerData } from 'node:worker_threads';
import type { JsonValue } from '../canonical/json.ts';
import { openReadDatabase } from './database.ts';
import { checkMigrated, loadMigrations } from './migrate.ts';
import { createReadOperations, type ReadOperations } from './read-operations.ts';
import type { Numbered, ReaderWorkerData, ReadRequest } from './worker-message.ts';
import { endWorker, reply, runWorker, toFailure } from './worker-reply.ts';

const read = (operations: ReadOperations, request: Exclude<ReadRequest, { readonly type: 'close' }>): unknown => {
  switch (request.type) {
    case 'decision':
      return operations.decision(request.id);
    case 'decisions':
      return operations.decisions(request.query);
    case 'outcomes':
      return operations.outcomes(request.query);
    case 'text':
      return operations.text(request.id);
    case 'state':
      return operations.state(request.name);
    case 'response':
      return operations.response(request.id, request.nowMs);
    case 'response-of-item':
      return operations.responseOfItem(request.id, request.nowMs);
    case 'counts':
      return operations.counts();
  }
};

runWorker(() => {
  const { path } = workerData as ReaderWorkerData; // given by sqlite-reader.ts
  const database = openReadDatabase(path);
  checkMigrated(database, loadMigrations());
  const operations = createReadOperations(database);

  const serve = ([number, request]: Numbered<ReadRequest>): void => {
    if (request.type === 'close') {
      database.close();
      reply({ type: 'answer', number });
      endWorker();
      return;
    }
    try {
      const value = read(operations, request) as JsonValue | undefined; // rows hold nothing but JSON values
      reply({ type: 'answer', number, ...(value === undefined ? {} : { value }) });
    } catch (error) {
      reply({ type: 'error', number, failure: toFailure(error) });
    }
  };
  return (message) => {
    (JSON.parse(String(message)) as Numbered<ReadRequest>[]).forEach(serve); // made by worker-channel.ts
  };
});
