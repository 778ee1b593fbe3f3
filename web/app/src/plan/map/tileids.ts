// Atoms and grids made in a draft have negative ids; tiles know only unsigned ones. They stand above every stored id there.

const madeHere = 2 ** 52;

export const toTile = (id: number): number => (id >= 0 ? id : madeHere - id);
export const fromTile = (id: number): number => (id > madeHere ? madeHere - id : id);
