import type { Letter, Shelf } from "./queue";

const database = "cloudgrid-field";
const table = "letters";

/** Letters in the browser's own database: they outlast the page and a dead battery. */
export function lastingShelf(): Shelf {
  return {
    all: () => work("readonly", (t) => t.getAll() as IDBRequest<Letter[]>),
    put: async (letter) => void (await work("readwrite", (t) => t.put(letter))),
    drop: async (key) => void (await work("readwrite", (t) => t.delete(key))),
  };
}

async function work<T>(mode: IDBTransactionMode, ask: (t: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await done(ask(db.transaction(table, mode).objectStore(table)));
  } finally {
    db.close();
  }
}

function open(): Promise<IDBDatabase> {
  const asking = indexedDB.open(database, 1);
  asking.onupgradeneeded = () => asking.result.createObjectStore(table, { keyPath: "key" });
  return done(asking);
}

function done<T>(asking: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error ?? new Error("IndexedDB"));
  });
}
