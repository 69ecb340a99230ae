import type { RemoteParticipant, Room } from 'livekit-client';
import { RoomEvent } from 'livekit-client';
import { Store } from '../app/store';
import { pointerTopic, readSpot, writeSpot, type Spot } from '../conduct/pointer';

export interface PointerView {
  readonly spot: Spot;
  readonly name: string;
}

/** Sent no faster than an eye follows; one that is not heard of for a while is gone. */
const everyMs = 40;
const goneAfterMs = 4_000;

/** The presenter's pointer, sent and seen. The bridge passes on that of who may present, and nobody else's. */
export class Pointer {
  readonly view = new Store<PointerView | null>(null);
  private room: Room | null = null;
  private sent = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private gone: ReturnType<typeof setTimeout> | undefined;

  attach(room: Room): void {
    this.room = room;
    room.on(RoomEvent.DataReceived, (payload: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string) => {
      if (topic !== pointerTopic) return;
      const spot = readSpot(payload);
      if (spot !== undefined) this.show(spot && { spot, name: from?.name || from?.identity || '' });
    });
  }

  detach(): void {
    this.room = null;
    clearTimeout(this.later);
    this.show(null);
  }

  readonly point = (spot: Spot | null): void => {
    clearTimeout(this.later);
    const wait = this.sent + everyMs - performance.now();
    if (spot && wait > 0) {
      this.later = setTimeout(() => this.point(spot), wait);
      return;
    }
    this.sent = performance.now();
    const own = this.room?.localParticipant;
    this.show(spot && { spot, name: own?.name ?? '' });
    // Lossy: the next one is on its way when this one is lost.
    void own?.publishData(writeSpot(spot), { reliable: false, topic: pointerTopic }).catch(() => undefined);
  };

  private show(view: PointerView | null): void {
    clearTimeout(this.gone);
    this.view.set(view);
    if (view) this.gone = setTimeout(() => this.view.set(null), goneAfterMs);
  }
}
