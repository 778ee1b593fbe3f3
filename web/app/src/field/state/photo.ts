/** The server takes 2 MiB; a street needs less. */
const mostBytes = 1_900_000;
const sides = [2048, 1600, 1200, 800];

/**
 * Draws a photo anew, smaller: nothing is left of where and with what it was taken. Throws when the file is no picture
 * that this browser can read.
 */
export async function shrink(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    for (const side of sides) {
      const blob = await draw(picture, side);
      if (blob.size <= mostBytes) return blob;
    }
    throw new Error("too large");
  } finally {
    picture.close();
  }
}

async function draw(picture: ImageBitmap, side: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/jpeg", 0.82),
  );
}

/** A picture as an address that the page may show: it may load nothing but its own files and such. */
export function asDataUrl(blob: Blob): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(typeof reader.result === "string" ? reader.result : "");
    reader.onerror = () => fail(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}
