/** Whether a file is of an installed package: none that an author writes. */
export function isInPackage(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}
