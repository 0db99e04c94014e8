"use strict";
// What is said, in the language of the page: its program has English sentences, and finds others by them.

let language = { sign: ".", thousands: ",", words: {} };

function speak(other) {
  language = other;
}

// A sentence with its named parts put in.
function said(sentence, parts) {
  const found = language.words[sentence] || sentence;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (parts && name in parts ? parts[name] : whole));
}
