/** What a kind of line is called; of a kind without a name of its own the word of its family, else nothing. */
export function actWord(words: Readonly<Record<string, string>>, what: string): string {
  return words[what] ?? words[`${what.slice(0, what.indexOf('.'))}.`] ?? '';
}

/** Which machine it was, where that says something: the session of a browser is a number without end. */
export function machineOf(device: string | undefined): string {
  return device === undefined || /^s-[0-9a-f]{16,}$/.test(device) ? '' : device;
}

/** A long digest is told by its first letters; the export has all of it. */
export function shortened(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{40,}\b/g, (digest) => `${digest.slice(0, 12)}…`);
}
