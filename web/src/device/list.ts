import { Store } from '../app/store';

export interface DeviceOption {
  readonly id: string;
  readonly label: string;
}

export interface Devices {
  readonly cameras: readonly DeviceOption[];
  readonly mics: readonly DeviceOption[];
  readonly speakers: readonly DeviceOption[];
}

export const noDevices: Devices = { cameras: [], mics: [], speakers: [] };

/** Sorts what the browser reports. Before permission is given, devices have no id and cannot be chosen. */
export function sortDevices(found: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[]): Devices {
  const ofKind = (kind: MediaDeviceKind) =>
    found.filter((d) => d.kind === kind && d.deviceId !== '').map((d) => ({ id: d.deviceId, label: d.label }));
  return { cameras: ofKind('videoinput'), mics: ofKind('audioinput'), speakers: ofKind('audiooutput') };
}

export async function findDevices(): Promise<Devices> {
  return sortDevices((await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? []);
}

/** Follows devices as they are plugged in and out, from open to close. */
export class DeviceList {
  readonly state = new Store<Devices>(noDevices);

  open(): void {
    navigator.mediaDevices?.addEventListener('devicechange', this.refresh);
    this.refresh();
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.refresh);
  }

  private readonly refresh = (): void => {
    void findDevices().then((devices) => this.state.set(devices));
  };
}
