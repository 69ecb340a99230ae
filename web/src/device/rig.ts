import { createLocalAudioTrack, createLocalVideoTrack, type LocalAudioTrack, type LocalVideoTrack } from 'livekit-client';
import { Store } from '../app/store';
import { cameraCapture, micCapture } from './capture';
import { loadChoices, saveChoices, type Choices } from './choices';
import { findDevices, noDevices, type Devices } from './list';
import { mediaTrouble, type MediaTrouble } from './media-error';
import { learnMovement } from './ptz';

export type Input<T> =
  | { readonly status: 'off' }
  | { readonly status: 'starting' }
  | { readonly status: 'live'; readonly track: T }
  | { readonly status: 'failed'; readonly trouble: MediaTrouble };

export interface RigState extends Devices {
  readonly camera: Input<LocalVideoTrack>;
  readonly mic: Input<LocalAudioTrack>;
  readonly choices: Choices;
}

/** Tracks that the join page opened and the meeting takes over, so that the camera does not blink on entry. */
export interface EntryTracks {
  readonly camera: LocalVideoTrack | null;
  readonly mic: LocalAudioTrack | null;
}

/**
 * Owns the camera and microphone while the join page is open. Opens what the choices ask for, follows devices that
 * are plugged in and out, and either hands its tracks over or stops them; it never leaves one open behind.
 */
export class DeviceRig {
  readonly state: Store<RigState>;
  private readonly turns = { camera: 0, mic: 0 };
  private closed = false;

  constructor() {
    this.state = new Store<RigState>({
      camera: { status: 'off' },
      mic: { status: 'off' },
      ...noDevices,
      choices: loadChoices(),
    });
  }

  async open(): Promise<void> {
    navigator.mediaDevices?.addEventListener('devicechange', this.devicesChanged);
    await learnMovement();
    if (this.closed) return;
    const { cameraOn, micOn } = this.state.get().choices;
    await Promise.all([cameraOn ? this.startCamera() : null, micOn ? this.startMic() : null]);
    await this.refresh();
  }

  choose(change: Partial<Choices>): void {
    saveChoices(change);
    const before = this.state.get().choices;
    this.state.update({ choices: { ...before, ...change } });
    if (change.cameraOn !== undefined || change.camera !== undefined) void this.restartCamera();
    if (change.micOn !== undefined || change.mic !== undefined) void this.restartMic();
  }

  retry(): void {
    void this.restartCamera();
    void this.restartMic();
  }

  /** Gives the tracks away; the rig is closed and will not stop them. */
  handOver(): EntryTracks {
    const { camera, mic } = this.state.get();
    const tracks = {
      camera: camera.status === 'live' ? camera.track : null,
      mic: mic.status === 'live' ? mic.track : null,
    };
    this.state.update({ camera: { status: 'off' }, mic: { status: 'off' } });
    this.close();
    return tracks;
  }

  close(): void {
    this.closed = true;
    navigator.mediaDevices?.removeEventListener('devicechange', this.devicesChanged);
    this.stopCamera();
    this.stopMic();
  }

  private readonly devicesChanged = (): void => void this.follow();

  private async follow(): Promise<void> {
    await this.refresh();
    const { camera, mic, choices } = this.state.get();
    if (camera.status === 'failed' && choices.cameraOn) await this.restartCamera();
    if (mic.status === 'failed' && choices.micOn) await this.restartMic();
  }

  private async refresh(): Promise<void> {
    const devices = await findDevices();
    if (!this.closed) this.state.update(devices);
  }

  private async restartCamera(): Promise<void> {
    if (this.closed) return;
    this.stopCamera();
    if (this.state.get().choices.cameraOn) await this.startCamera();
    await this.refresh();
  }

  private async restartMic(): Promise<void> {
    if (this.closed) return;
    this.stopMic();
    if (this.state.get().choices.micOn) await this.startMic();
    await this.refresh();
  }

  private stopCamera(): void {
    this.turns.camera++;
    const { camera } = this.state.get();
    if (camera.status === 'live') camera.track.stop();
    this.state.update({ camera: { status: 'off' } });
  }

  private stopMic(): void {
    this.turns.mic++;
    const { mic } = this.state.get();
    if (mic.status === 'live') mic.track.stop();
    this.state.update({ mic: { status: 'off' } });
  }

  private async startCamera(): Promise<void> {
    const turn = ++this.turns.camera;
    this.state.update({ camera: { status: 'starting' } });
    const input = await opened(() => createLocalVideoTrack(cameraCapture(this.state.get().choices.camera)));
    if (turn !== this.turns.camera || this.closed) {
      if (input.status === 'live') input.track.stop();
      return;
    }
    this.state.update({ camera: input });
    if (input.status === 'live') input.track.mediaStreamTrack.addEventListener('ended', () => void this.restartCamera());
  }

  private async startMic(): Promise<void> {
    const turn = ++this.turns.mic;
    this.state.update({ mic: { status: 'starting' } });
    const input = await opened(() => createLocalAudioTrack(micCapture(this.state.get().choices.mic)));
    if (turn !== this.turns.mic || this.closed) {
      if (input.status === 'live') input.track.stop();
      return;
    }
    this.state.update({ mic: input });
    if (input.status === 'live') input.track.mediaStreamTrack.addEventListener('ended', () => void this.restartMic());
  }
}

async function opened<T>(open: () => Promise<T>): Promise<Input<T>> {
  // Without HTTPS browsers hide the devices altogether.
  if (!navigator.mediaDevices) return { status: 'failed', trouble: 'insecure' };
  try {
    return { status: 'live', track: await open() };
  } catch (error) {
    return { status: 'failed', trouble: mediaTrouble(error) };
  }
}
