export type Command = 'mic' | 'camera' | 'share' | 'layout' | 'fullscreen' | 'devices' | 'help' | 'pageBack' | 'pageOn' | 'hand' | 'chat' | 'papers' | 'aim';

export const commandKeys: Readonly<Record<Command, readonly string[]>> = {
  mic: ['m'],
  camera: ['v'],
  share: ['s'],
  layout: ['l'],
  fullscreen: ['f'],
  devices: ['d'],
  pageBack: ['PageUp'],
  pageOn: ['PageDown'],
  help: ['?', 'h'],
  hand: ['p'],
  chat: ['t'],
  papers: ['r'],
  aim: ['k'],
};

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}

/** The command of a key press, unless it belongs to the browser or to a field that is being typed in. */
export function commandOf(press: KeyPress, typing: boolean): Command | null {
  if (typing || press.ctrlKey || press.altKey || press.metaKey || press.repeat) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  for (const [command, keys] of Object.entries(commandKeys)) {
    if (keys.includes(key)) return command as Command;
  }
  return null;
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
