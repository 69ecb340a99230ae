/** What a room chose last time. Kept on this machine only; never a password. */
export interface Choices {
  readonly camera: string;
  readonly mic: string;
  readonly speaker: string;
  readonly cameraOn: boolean;
  readonly micOn: boolean;
  readonly point: string;
  readonly user: string;
}

export const firstChoices: Choices = {
  camera: '',
  mic: '',
  speaker: '',
  cameraOn: true,
  micOn: true,
  point: '',
  user: '',
};

const key = 'diemcau.choices';

export function parseChoices(text: string | null): Choices {
  try {
    const stored: unknown = JSON.parse(text ?? '{}');
    if (typeof stored !== 'object' || stored === null) return firstChoices;
    const known = Object.entries(stored).filter(
      ([name, value]) => name in firstChoices && typeof value === typeof firstChoices[name as keyof Choices],
    );
    return { ...firstChoices, ...(Object.fromEntries(known) as Partial<Choices>) };
  } catch {
    return firstChoices;
  }
}

export function loadChoices(): Choices {
  try {
    return parseChoices(localStorage.getItem(key));
  } catch {
    return firstChoices; // storage may be forbidden; the page works without
  }
}

export function saveChoices(change: Partial<Choices>): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...loadChoices(), ...change }));
  } catch {
    // as above
  }
}
