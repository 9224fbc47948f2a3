// The server's documents, and its errors as things a person can act on.

const tokenKey = "muster.token";

/** What went wrong and what to do about it. `status` is 0 when the server was not reached. */
export class RequestError extends Error {
  constructor(status, message, hint) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

/** Lasts as long as the browser tab. */
export const token = {
  get: () => sessionStorage.getItem(tokenKey),
  set: (value) => sessionStorage.setItem(tokenKey, value),
  forget: () => sessionStorage.removeItem(tokenKey),
};

/** The JSON at `path` under /api/v1. The browser revalidates with If-None-Match. Throws `RequestError`. */
export async function request(path) {
  const headers = { Accept: "application/json" };
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  let response;
  try {
    response = await fetch(`/api/v1/${path}`, { headers, cache: "no-cache" });
  } catch {
    throw new RequestError(0, "The server did not answer.", "Is `muster serve` running, and is this machine online?");
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new RequestError(response.status, `${path} is not JSON.`, "Publish again with `muster publish`.");
  }
  if (response.ok) return body;
  const error = body?.error ?? {};
  throw new RequestError(response.status, error.message ?? `The server answered ${response.status}.`, error.hint ?? "");
}
