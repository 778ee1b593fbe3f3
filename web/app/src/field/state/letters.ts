import { signal } from "@preact/signals";
import { ApiProblem } from "../../api/problem";
import { signedOut } from "../../plan/api/request";
import { online } from "../../state/app";
import { postComment, putPhoto } from "./api";
import { f } from "../i18n/text";
import { type Failure, type Letter, type Post, sendAll } from "./queue";
import { lastingShelf } from "./shelf";
import { refreshComments } from "./walk";

/** What waits to be sent, or was refused. */
export const letters = signal<Letter[]>([]);

const shelf = lastingShelf();
const againMs = 15_000;

const post: Post = {
  text: async (letter) => (await postComment(letter.plan, letter.key, letter.text, letter.point)).id,
  photo: async (letter, comment) => {
    if (letter.photo) await putPhoto(letter.plan, comment, letter.photo);
  },
};

/** Nobody there, nobody signed in, too much at once, a server that fails: all of that passes. */
function judge(cause: unknown): Failure {
  if (!(cause instanceof ApiProblem)) return { refused: f("send.broken") };
  if (cause.offline) online.value = false;
  if (cause.status === 401) signedOut.value = true;
  const passes = cause.offline || cause.status === 401 || cause.status === 429 || cause.status >= 500;
  return passes ? "later" : { refused: cause.message };
}

let sending = false;

/** Sends what waits; however many ask for it, one does. */
export async function sendLetters(): Promise<void> {
  if (sending) return;
  sending = true;
  try {
    const before = letters.value.length;
    await sendAll(shelf, post, judge);
    letters.value = await shelf.all();
    if (letters.value.length < before) await refreshComments();
  } finally {
    sending = false;
  }
}

/** Keeps a letter, then tries to send it. Throws when this browser keeps nothing. */
export async function putLetter(letter: Letter): Promise<void> {
  await shelf.put(letter);
  letters.value = await shelf.all();
  await sendLetters();
}

export async function dropLetter(key: string): Promise<void> {
  await shelf.drop(key);
  letters.value = await shelf.all();
}

/** Looks whether anything waits from before, and again whenever the network may be back. */
export function startSending(): void {
  const look = (): void => {
    void shelf.all().then((all) => {
      letters.value = all;
      if (all.some((letter) => !letter.refused)) void sendLetters();
    }, () => undefined);
  };
  look();
  addEventListener("online", look);
  online.subscribe((up) => {
    if (up) look();
  });
  setInterval(look, againMs);
}
