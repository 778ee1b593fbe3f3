import type { LonLat } from "../../plan/api/types";

/** A remark that is on its way to the server. */
export interface Letter {
  /** Made here: however often it is sent, it counts once. */
  key: string;
  plan: number;
  text: string;
  point: LonLat;
  at: string;
  photo: Blob | null;
  /** Number of the remark once the server has its text. */
  comment: number | null;
  /** Why the server does not take it; "" while it may. */
  refused: string;
}

/** Where letters wait; they outlast the page. */
export interface Shelf {
  all(): Promise<Letter[]>;
  put(letter: Letter): Promise<void>;
  drop(key: string): Promise<void>;
}

/** How a letter goes out. Both throw what the server says. */
export interface Post {
  text(letter: Letter): Promise<number>;
  photo(letter: Letter, comment: number): Promise<void>;
}

export type Failure = "later" | { refused: string };

/**
 * Sends what waits, the oldest first. The text goes before the photo, so that a poor line brings at least that; what is
 * refused stays with the reason and holds up nothing. Stops at the first that found nobody there: true when none waits.
 */
export async function sendAll(shelf: Shelf, post: Post, judge: (cause: unknown) => Failure): Promise<boolean> {
  const waiting = (await shelf.all()).filter((letter) => !letter.refused).sort((a, b) => a.at.localeCompare(b.at));
  for (const letter of waiting) {
    try {
      letter.comment ??= await post.text(letter);
      if (letter.photo) {
        await shelf.put(letter);
        await post.photo(letter, letter.comment);
      }
      await shelf.drop(letter.key);
    } catch (cause) {
      const failure = judge(cause);
      if (failure === "later") return false;
      await shelf.put({ ...letter, refused: failure.refused });
    }
  }
  return true;
}
