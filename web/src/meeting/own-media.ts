import { LocalAudioTrack, LocalVideoTrack, Track, type LocalTrackPublication, type Room } from 'livekit-client';
import { musicCapture, musicSound } from '../device/capture';
import { loadChoices } from '../device/choices';
import { mediaTrouble } from '../device/media-error';
import type { EntryTracks } from '../device/rig';
import type { DeviceTrouble } from './state';

/**
 * What this point sends: its wishes outlive a connection, so after joining anew the bridge gets the same microphone,
 * camera and content again. The shared screen is opened here and only copies of it are published, because asking for
 * it a second time would need a person at the keyboard.
 */
export class OwnMedia {
  private room: Room | null = null;
  private screen: MediaStream | null = null;
  private copies: LocalTrackPublication[] = [];
  private entry: EntryTracks | null;
  private readonly turns = { mic: Promise.resolve(), camera: Promise.resolve() };
  private music = false;
  private wishes: { mic: boolean; camera: boolean };
  /** Devices that went away while they were in use: and when; they are taken back when they come again. */
  private readonly taken = new Map<'mic' | 'camera', number>();

  constructor(
    entry: EntryTracks,
    private readonly changed: (trouble: DeviceTrouble | null) => void,
    private readonly healed: () => void,
    private readonly micBack: (goneForMs: number) => boolean,
  ) {
    this.entry = entry;
    this.wishes = { mic: entry.mic !== null, camera: entry.camera !== null };
    navigator.mediaDevices?.addEventListener('devicechange', this.devicesChanged);
  }

  get mic(): boolean {
    return this.wishes.mic;
  }

  get camera(): boolean {
    return this.wishes.camera;
  }

  get sharing(): boolean {
    return this.screen !== null;
  }

  get sharingWholeScreen(): boolean {
    return this.screen?.getVideoTracks()[0]?.getSettings().displaySurface === 'monitor';
  }

  /** Publishes everything that is wished for on a room that has just been joined. */
  async attach(room: Room): Promise<void> {
    this.room = room;
    await Promise.all([
      this.wishes.mic ? this.applyMic() : null,
      this.wishes.camera ? this.applyCamera() : null,
      this.guard('screen', async () => this.publishScreen(room)),
    ]);
  }

  detach(): void {
    this.room = null;
    this.copies = [];
  }

  async setMic(on: boolean): Promise<void> {
    this.wishes = { ...this.wishes, mic: on };
    if (!on) this.taken.delete('mic');
    this.changed(null);
    await this.applyMic();
  }

  /** The floor was taken: a microphone that is away does not come back to what is over. */
  forgetMic(): void {
    this.taken.delete('mic');
  }

  /** In a ceremony the sound is sent as it is, in stereo: a microphone that is open begins anew (CON-16). */
  async setMusic(on: boolean): Promise<void> {
    if (this.music === on) return;
    this.music = on;
    this.turns.mic = this.turns.mic.then(async () =>
      this.guard('mic', async () => {
        const { room } = this;
        const sent = room?.localParticipant.getTrackPublication(Track.Source.Microphone)?.track;
        if (room && sent) await room.localParticipant.unpublishTrack(sent, true);
      }),
    );
    await this.applyMic();
  }

  async setCamera(on: boolean): Promise<void> {
    this.wishes = { ...this.wishes, camera: on };
    if (!on) this.taken.delete('camera');
    this.changed(null);
    await this.applyCamera();
  }

  /** A microphone or camera of ours ended by itself. The client looks for another one first; then the person is told. */
  readonly lost = (source: Track.Source): void => {
    const device = source === Track.Source.Microphone ? 'mic' : source === Track.Source.Camera ? 'camera' : null;
    if (device === null || !this.wishes[device]) return;
    this.taken.set(device, performance.now());
    this.changed({ device, trouble: 'taken' });
  };

  /** Another device has taken the place of one that went away. */
  readonly found = (source: Track.Source): void => {
    if (source === Track.Source.Microphone) this.taken.delete('mic');
    if (source === Track.Source.Camera) this.taken.delete('camera');
    if (this.taken.size === 0) this.healed();
  };

  private readonly devicesChanged = (): void => void this.takeBack();

  private async takeBack(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    for (const [device, since] of this.taken) {
      const kind = device === 'mic' ? 'audioinput' : 'videoinput';
      if (!devices.some((each) => each.kind === kind)) continue;
      this.taken.delete(device);
      this.healed();
      if (device === 'camera') await this.setCamera(true);
      else await this.setMic(this.micBack(performance.now() - since));
    }
  }

  /** The bridge muted or unmuted a track of ours. */
  follow(source: Track.Source, on: boolean): void {
    if (source === Track.Source.Microphone) this.wishes = { ...this.wishes, mic: on };
    if (source === Track.Source.Camera) this.wishes = { ...this.wishes, camera: on };
  }

  async share(): Promise<void> {
    if (this.screen) return;
    try {
      this.screen = await navigator.mediaDevices.getDisplayMedia({
        video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 15 } },
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      });
    } catch (error) {
      // Closing the browser's own dialogue is no trouble.
      const trouble = mediaTrouble(error);
      if (trouble !== 'denied') this.changed({ device: 'screen', trouble });
      return;
    }
    this.screen.getVideoTracks()[0]?.addEventListener('ended', () => void this.stopSharing());
    this.changed(null);
    await this.guard('screen', async () => this.publishScreen(this.room));
  }

  async stopSharing(): Promise<void> {
    const { copies, room } = this;
    this.copies = [];
    this.stopScreen();
    this.changed(null);
    await Promise.all(
      copies.map(async (copy) => (copy.track ? room?.localParticipant.unpublishTrack(copy.track, true) : undefined)),
    );
    this.changed(null);
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.devicesChanged);
    this.entry?.camera?.stop();
    this.entry?.mic?.stop();
    this.entry = null;
    this.stopScreen();
    this.detach();
  }

  private stopScreen(): void {
    for (const track of this.screen?.getTracks() ?? []) track.stop();
    this.screen = null;
  }

  /** One change after the other, each to what is wished when its turn comes: a key may be pressed while publishing. */
  private async applyMic(): Promise<void> {
    this.turns.mic = this.turns.mic.then(async () =>
      this.guard('mic', async () => {
        const { room, wishes } = this;
        const ready = this.entry?.mic ?? null;
        if (!room) return;
        if (this.music) await room.localParticipant.setMicrophoneEnabled(wishes.mic, musicCapture(loadChoices().mic), musicSound);
        else if (ready && wishes.mic) {
          this.entry = { camera: this.entry?.camera ?? null, mic: null };
          await room.localParticipant.publishTrack(ready, { source: Track.Source.Microphone });
        } else await room.localParticipant.setMicrophoneEnabled(wishes.mic);
      }),
    );
    await this.turns.mic;
  }

  private async applyCamera(): Promise<void> {
    this.turns.camera = this.turns.camera.then(async () =>
      this.guard('camera', async () => {
        const { room, wishes } = this;
        const ready = this.entry?.camera ?? null;
        if (!room) return;
        if (ready && wishes.camera) {
          this.entry = { camera: null, mic: this.entry?.mic ?? null };
          await room.localParticipant.publishTrack(ready, { source: Track.Source.Camera });
        } else await room.localParticipant.setCameraEnabled(wishes.camera);
      }),
    );
    await this.turns.camera;
  }

  private async publishScreen(room: Room | null): Promise<void> {
    if (!room || !this.screen) return;
    const [picture] = this.screen.getVideoTracks();
    const [sound] = this.screen.getAudioTracks();
    if (!picture || picture.readyState === 'ended') return this.stopSharing();
    const copy = picture.clone();
    copy.contentHint = 'detail';
    this.copies.push(
      await room.localParticipant.publishTrack(new LocalVideoTrack(copy, undefined, true), {
        source: Track.Source.ScreenShare,
        // Letters that are too small to read help nobody: a thin line costs pictures a second, not sharpness.
        degradationPreference: 'maintain-resolution',
      }),
    );
    if (!sound) return;
    this.copies.push(
      await room.localParticipant.publishTrack(new LocalAudioTrack(sound.clone(), undefined, true), {
        source: Track.Source.ScreenShareAudio,
        dtx: false,
      }),
    );
  }

  /** A device that fails must not end the meeting: the wish is dropped and the person is told. */
  private async guard(device: DeviceTrouble['device'], act: () => Promise<unknown>): Promise<void> {
    const { room } = this;
    try {
      await act();
      this.changed(null);
    } catch (error) {
      // A line that broke in the middle is no device's fault; the wish is granted after joining anew.
      if (!(error instanceof DOMException) || room !== this.room) return;
      if (device === 'mic') this.wishes = { ...this.wishes, mic: false };
      if (device === 'camera') this.wishes = { ...this.wishes, camera: false };
      if (device === 'screen') this.stopScreen();
      this.changed({ device, trouble: mediaTrouble(error) });
    }
  }
}
