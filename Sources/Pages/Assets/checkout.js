// Enhances pages that work without it: asks for the outcome, shows a card's brand, guards against sending twice.
"use strict";

// Confirming: ask until the state changes, ever more slowly, and only while the page is seen.
const poll = document.querySelector("[data-poll]");
if (poll) {
  const began = Date.now();
  let wait = 1500;
  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(poll.dataset.poll, { headers: { accept: "application/json" }, cache: "no-store" });
        if (answer.ok && (await answer.json()).state !== poll.dataset.state) return location.reload();
      } catch {
        // Not reached: the next try may be.
      }
      wait = Math.min(wait * 1.3, 10000);
    }
    if (Date.now() - began < 900000) setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}

// The brand of a card, as soon as its first digits tell.
const brands = [
  [/^4/, "Visa"],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, "Mastercard"],
  [/^3[47]/, "Amex"],
  [/^(6011|65|64[4-9])/, "Discover"],
  [/^(30[0-5]|3[689])/, "Diners"],
  [/^35(2[89]|[3-8])/, "JCB"],
];
const number = document.getElementById("number");
const mark = document.querySelector("[data-mark]");
if (number && mark) {
  const drawing = mark.firstElementChild;
  const show = () => {
    const digits = number.value.replace(/\D/g, "");
    const brand = brands.find(([pattern]) => pattern.test(digits));
    if (brand) mark.textContent = brand[1];
    else mark.replaceChildren(drawing);
  };
  number.addEventListener("input", show);
  show();
}

// Offline: nothing is sent, for certain, and the page says so. Sent once: a second press does nothing.
const offline = document.querySelector("[data-offline]");
for (const form of document.forms) {
  let sentAt = 0;
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine && offline) {
      event.preventDefault();
      offline.hidden = false;
      offline.scrollIntoView({ block: "nearest" });
    } else if (Date.now() - sentAt < 10000) {
      event.preventDefault();
    } else {
      sentAt = Date.now();
    }
  });
  addEventListener("pageshow", () => { sentAt = 0; });
}
addEventListener("online", () => { if (offline) offline.hidden = true; });

// Moments in the reader's own zone.
const language = document.documentElement.lang;
const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) || language;
for (const moment of document.querySelectorAll("time[data-local]")) {
  const date = new Date(moment.dateTime);
  if (!isNaN(date)) {
    const style = { day: { dateStyle: "long" }, time: { timeStyle: "short" } }[moment.dataset.local]
      || { dateStyle: "long", timeStyle: "short" };
    moment.textContent = date.toLocaleString(locale, style);
  }
}
