import { Room, ScreenSharePresets, VideoPresets, type RoomConnectOptions, type RoomOptions } from 'livekit-client';
import { cameraCapture, micCapture } from '../device/capture';
import type { Choices } from '../device/choices';
import { PatientReconnectPolicy } from './reconnect';

/**
 * How long one attempt to connect may take. Short, because the next attempt follows at once while a lost SYN is
 * repeated ever later; but in proportion to the line, so that a slow one is not cut off in the middle of its handshake.
 */
export function connectWithin(roundTripsMs: number): Patience {
  const websocketTimeout = Math.min(10_000, Math.max(2_000, roundTripsMs * 6));
  return { websocketTimeout, peerConnectionTimeout: 12_000, maxRetries: 0 };
}

type Patience = Pick<RoomConnectOptions, 'websocketTimeout' | 'peerConnectionTimeout' | 'maxRetries'>;

export function newRoom(choices: Choices): Room {
  const options: RoomOptions = {
    // The bridge sends only the size that is on screen, and cameras encode only what somebody watches.
    adaptiveStream: true,
    dynacast: true,
    reconnectPolicy: new PatientReconnectPolicy(),
    videoCaptureDefaults: cameraCapture(choices.camera),
    audioCaptureDefaults: micCapture(choices.mic),
    publishDefaults: {
      simulcast: true,
      videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360],
      screenShareEncoding: ScreenSharePresets.h1080fps15.encoding,
      red: true,
      dtx: true,
    },
    ...(choices.speaker === '' ? {} : { audioOutput: { deviceId: choices.speaker } }),
  };
  return new Room(options);
}
