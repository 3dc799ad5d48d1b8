export { getLoadablePath, load } from "./index.cjs";
export type { Database } from "./index.cjs";
