// What stands above the tiles when something needs the reader: stale data, an error, a missing token.

import { token } from "./api.js";
import { element } from "./dom.js";

const hour = 3_600_000;
const staleHours = 48;

export function notice(kind, title, ...rest) {
  return element("section", { class: `notice ${kind}` }, element("p", { class: "notice-title" }, title), ...rest);
}

/** An error as the server words it, with its hint. */
export function errorNotice(error, context) {
  return notice("problem", error.message, error.hint && element("p", {}, error.hint), context && element("p", { class: "quiet" }, context));
}

/** Null while the figures are fresh: younger than two days, and no older than their pipeline promises. */
export function stalenessNotice(published, manifest, now) {
  const age = now - new Date(published.as_of);
  const isLate = manifest?.fresh_until && now > new Date(manifest.fresh_until);
  if (age <= staleHours * hour && !isLate) return null;
  const hours = Math.floor(age / hour);
  const ago = hours < staleHours ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
  return notice("stale", `These figures are stale: they end ${ago} ago.`,
    element("p", {}, "The nightly run may have failed, or new logs have not arrived. See ", element("code", {}, "muster store status"), ", then run the pipeline again."));
}

/** A form for the bearer token; `retry` is called once there is one. */
export function signInNotice(retry, wasRefused) {
  const input = element("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false", required: true });
  const submit = (event) => {
    event.preventDefault();
    token.set(input.value.trim());
    retry();
  };
  return notice("sign-in", wasRefused ? "That token was not accepted." : "This dashboard asks for a token.",
    element("p", {}, "Whoever runs the server set it as ", element("code", {}, "MUSTER_TOKEN"), ". It is kept until this tab is closed."),
    element("form", { onsubmit: submit }, element("label", { for: "token" }, "Token"), input, element("button", { type: "submit" }, "Open")));
}
