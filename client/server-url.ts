/** Whether a server can have this address: `localhost:8787` is a URL too, of a scheme `localhost`. */
export function isServerUrl(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? '');
}
