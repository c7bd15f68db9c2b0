// Keeps what a page shows up to date: on a change it asks for the page anew and puts its own parts in place.
// A part says with data-live which kinds of change concern it; without this script pages simply stand still.
"use strict";

(() => {
  const parts = () => [...document.querySelectorAll("[data-live]")].filter((part) => part.id);
  if (parts().length === 0) return;

  const CALM_MS = 400; // several changes at once are one
  const POLL_MS = 15000; // where there is no stream
  const SLOW_MS = 60000; // and where there is one, for what nobody tells
  let waiting = null;
  let poll = null;
  let asking = false;
  let again = false;
  let stream = null;

  const kinds = (part) => (part.dataset.live || "").split(" ").filter(Boolean);
  const concerns = (kind) => parts().some((part) => kinds(part).length === 0 || kinds(part).includes(kind));

  // Nobody loses what is being typed or chosen.
  const isBusy = (part) => {
    const at = document.activeElement;
    if (at && part.contains(at) && at.matches("input:not([type=hidden]), textarea, select")) return true;
    return [...part.querySelectorAll("textarea, input[type=text]")].some((one) => one.value !== one.defaultValue);
  };

  const place = (part, fresh) => {
    if (isBusy(part) || part.innerHTML === fresh.innerHTML) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : null;
    const open = [...part.querySelectorAll("details[id][open]")].map((one) => one.id);
    part.replaceWith(fresh);
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const refresh = async () => {
    if (asking) { again = true; return; }
    if (document.hidden) return;
    asking = true;
    again = false;
    try {
      const answer = await fetch(location.href, { headers: { "X-Fernamt-Live": "1" }, cache: "no-store" });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      parts().forEach((part) => {
        const fresh = page.getElementById(part.id);
        if (fresh) place(part, document.adoptNode(fresh));
      });
    } catch {
      // The next change or the next minute tries again.
    } finally {
      asking = false;
      if (again) soon();
    }
  };

  const soon = () => {
    waiting ??= setTimeout(() => { waiting = null; refresh(); }, CALM_MS);
  };

  const every = (ms) => {
    clearInterval(poll);
    poll = setInterval(refresh, ms);
  };

  // A browser keeps only a few connections to one house: what nobody looks at lets go of its own.
  const listen = () => {
    if (!window.EventSource || stream || document.hidden) return;
    stream = new EventSource("/api/admin/v1/events");
    stream.addEventListener("open", () => { every(SLOW_MS); soon(); });
    stream.addEventListener("error", () => {
      every(POLL_MS);
      // A stream that was refused is not tried again by the browser itself.
      if (stream && stream.readyState === EventSource.CLOSED) { hangUp(); setTimeout(listen, SLOW_MS); }
    });
    ["calls", "bookings", "callbacks", "breakers", "alerts", "lost"].forEach((kind) =>
      stream.addEventListener(kind, () => { if (kind === "lost" || concerns(kind)) soon(); }));
  };

  const hangUp = () => {
    stream?.close();
    stream = null;
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { hangUp(); return; }
    listen();
    soon();
  });
  every(POLL_MS);
  listen();
})();
