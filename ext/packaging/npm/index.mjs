import subjrec from "./index.cjs";

export const { getLoadablePath, load } = subjrec;
