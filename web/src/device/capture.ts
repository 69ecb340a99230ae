import { AudioPresets, VideoPresets, type AudioCaptureOptions, type TrackPublishOptions, type VideoCaptureOptions } from 'livekit-client';
import { movement } from './ptz';

/** A remembered device that is gone must not keep a room out: `ideal` lets the browser fall back to another. */
function wished(id: string): { deviceId?: { ideal: string } } {
  return id === '' ? {} : { deviceId: { ideal: id } };
}

export function cameraCapture(id: string): VideoCaptureOptions {
  return { ...wished(id), ...movement(), resolution: VideoPresets.h720.resolution };
}

export function micCapture(id: string): AudioCaptureOptions {
  return { ...wished(id), echoCancellation: true, noiseSuppression: true, autoGainControl: true };
}

/** As it comes from the mixer: what helps speech (CON-16) makes a hymn sound like a telephone. */
export function musicCapture(id: string): AudioCaptureOptions {
  return { ...wished(id), echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 2 };
}

export const musicSound: TrackPublishOptions = { audioPreset: AudioPresets.musicHighQualityStereo, forceStereo: true, dtx: false, red: false };
