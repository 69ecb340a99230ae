// What runs in the browser: the stock client, and a thin layer that tests call
// through page.evaluate. Nothing here changes the client.
import * as lk from 'livekit-client';

interface Seen {
  event: string;
  at: number;
  who?: string;
  detail?: unknown;
}

interface Point {
  room: lk.Room;
  seen: Seen[];
  elements: Map<string, HTMLMediaElement>;
}

export interface JoinOptions {
  single?: boolean;
  autoSubscribe?: boolean;
  adaptiveStream?: boolean;
  dynacast?: boolean;
  passphrase?: string;
  keepTrying?: boolean;
  relayOnly?: boolean;
}

const points = new Map<string, Point>();

function point(name: string): Point {
  const p = points.get(name);
  if (p === undefined) throw new Error(`no point ${name}`);
  return p;
}

function watch(p: Point): void {
  const note = (event: string, who?: string, detail?: unknown) => p.seen.push({ event, at: performance.now(), who, detail });
  const E = lk.RoomEvent;
  p.room
    .on(E.Connected, () => note('connected'))
    .on(E.Disconnected, (reason) => note('disconnected', undefined, reason === undefined ? undefined : lk.DisconnectReason[reason]))
    .on(E.Reconnecting, () => note('reconnecting'))
    .on(E.SignalReconnecting, () => note('signalReconnecting'))
    .on(E.Reconnected, () => note('reconnected'))
    .on(E.ParticipantConnected, (who) => note('participantConnected', who.identity))
    .on(E.ParticipantDisconnected, (who) => note('participantDisconnected', who.identity))
    .on(E.TrackPublished, (pub, who) => note('trackPublished', who.identity, pub.source))
    .on(E.TrackUnpublished, (pub, who) => note('trackUnpublished', who.identity, pub.source))
    .on(E.TrackSubscribed, (track, pub, who) => {
      note('trackSubscribed', who.identity, pub.source);
      const element = track.attach();
      element.style.width = '320px';
      document.body.append(element);
      p.elements.set(`${who.identity}/${pub.source}`, element);
    })
    .on(E.TrackUnsubscribed, (track, pub, who) => {
      note('trackUnsubscribed', who.identity, pub.source);
      track.detach().forEach((element) => element.remove());
      p.elements.delete(`${who.identity}/${pub.source}`);
    })
    .on(E.TrackSubscriptionFailed, (sid, who, reason) => note('trackSubscriptionFailed', who.identity, reason))
    .on(E.TrackMuted, (pub, who) => note('trackMuted', who.identity, pub.source))
    .on(E.TrackUnmuted, (pub, who) => note('trackUnmuted', who.identity, pub.source))
    .on(E.TrackSubscriptionPermissionChanged, (pub, status, who) => note('subscriptionPermission', who.identity, status))
    .on(E.ActiveSpeakersChanged, (all) => note('speakers', undefined, all.map((s) => s.identity)))
    .on(E.DataReceived, (payload, who, kind, topic) => note('data', who?.identity, { text: new TextDecoder().decode(payload), kind, topic, size: payload.length }))
    .on(E.ParticipantMetadataChanged, (_, who) => note('metadata', who.identity, who.metadata))
    .on(E.ParticipantNameChanged, (name, who) => note('name', who.identity, name))
    .on(E.ParticipantAttributesChanged, (changed, who) => note('attributes', who.identity, changed))
    .on(E.ParticipantPermissionsChanged, (_, who) => note('permissions', who.identity))
    .on(E.RoomMetadataChanged, (metadata) => note('roomMetadata', undefined, metadata))
    .on(E.LocalTrackSubscribed, (pub) => note('localTrackSubscribed', undefined, pub.source))
    .on(E.ParticipantEncryptionStatusChanged, (on, who) => note('encryption', who?.identity, on))
    .on(E.EncryptionError, (error) => note('encryptionError', undefined, error.message))
    .on(E.LocalTrackUnpublished, (pub) => note('localTrackUnpublished', undefined, pub.source));
}

async function join(name: string, url: string, token: string, o: JoinOptions = {}): Promise<number> {
  const e2ee = o.passphrase === undefined ? undefined : { keyProvider: new lk.ExternalE2EEKeyProvider(), worker: new Worker('/e2ee.js', { type: 'module' }) };
  const room = new lk.Room({
    singlePeerConnection: o.single ?? true,
    adaptiveStream: o.adaptiveStream ?? false,
    dynacast: o.dynacast ?? false,
    encryption: e2ee,
    ...(o.keepTrying ? { reconnectPolicy: { nextRetryDelayInMs: () => 300 } } : {}),
  });
  const p: Point = { room, seen: [], elements: new Map() };
  points.set(name, p);
  watch(p);
  if (e2ee !== undefined && o.passphrase !== undefined) {
    await e2ee.keyProvider.setKey(o.passphrase);
    await room.setE2EEEnabled(true);
  }
  const start = performance.now();
  await room.connect(url, token, { autoSubscribe: o.autoSubscribe ?? true, maxRetries: 1, ...(o.relayOnly ? { rtcConfig: { iceTransportPolicy: 'relay' as const } } : {}) });
  return performance.now() - start;
}

async function inbound(track: lk.RemoteTrack | undefined, kind: string): Promise<Record<string, number>> {
  const report = await track?.getRTCStatsReport();
  let found: Record<string, number> = {};
  report?.forEach((stats) => {
    if (stats.type === 'inbound-rtp' && stats.kind === kind) found = stats;
  });
  return found;
}

function remoteTrack(name: string, identity: string, source: lk.Track.Source): lk.RemoteTrack | undefined {
  return point(name).room.getParticipantByIdentity(identity)?.getTrackPublication(source)?.track as lk.RemoteTrack | undefined;
}

function remotePublication(name: string, identity: string, source = lk.Track.Source.Camera): lk.RemoteTrackPublication {
  const pub = point(name).room.remoteParticipants.get(identity)?.getTrackPublication(source);
  if (pub === undefined) throw new Error(`${name} knows no ${source} of ${identity}`);
  return pub as lk.RemoteTrackPublication;
}

async function video(name: string, identity: string, source = lk.Track.Source.Camera) {
  const s = await inbound(remoteTrack(name, identity, source), 'video');
  return {
    frames: s.framesDecoded ?? 0,
    width: s.frameWidth ?? 0,
    height: s.frameHeight ?? 0,
    bytes: s.bytesReceived ?? 0,
    freezes: s.freezeCount ?? 0,
    freezeSeconds: s.totalFreezesDuration ?? 0,
    dropped: s.framesDropped ?? 0,
    plis: s.pliCount ?? 0,
  };
}

async function audio(name: string, identity: string, source = lk.Track.Source.Microphone) {
  const s = await inbound(remoteTrack(name, identity, source), 'audio');
  return { energy: s.totalAudioEnergy ?? 0, packets: s.packetsReceived ?? 0 };
}

/** A picture that moves and that a test can size. */
function movingTrack(width: number, height: number, fps: number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  let n = 0;
  setInterval(() => {
    if (context === null) return;
    context.fillStyle = `hsl(${(n * 7) % 360} 80% 50%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#fff';
    context.fillRect((n * 13) % width, height / 4, width / 8, height / 2);
    n += 1;
  }, 1000 / fps);
  const track = canvas.captureStream(fps).getVideoTracks()[0];
  if (track === undefined) throw new Error('the canvas gave no track');
  return track;
}

async function publishMoving(name: string, o: lk.TrackPublishOptions & { width: number; height: number; fps: number }): Promise<string> {
  const { width, height, fps, ...options } = o;
  const pub = await point(name).room.localParticipant.publishTrack(movingTrack(width, height, fps), { source: lk.Track.Source.Camera, ...options });
  return pub.trackSid;
}

async function leaveAll(): Promise<void> {
  await Promise.all([...points.values()].map((p) => p.room.disconnect()));
  points.clear();
}

const harness = { lk, points, point, join, video, audio, publishMoving, remotePublication, remoteTrack, leaveAll };
export type Harness = typeof harness;
window.harness = harness;
