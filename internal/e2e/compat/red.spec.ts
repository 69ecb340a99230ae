import { execFileSync } from 'node:child_process';

import type { Page } from '@playwright/test';

import { expect, test } from './fixture';
import { joinPoint, waitAudio } from './steps';

const tables = ['iptables', 'ip6tables'];

/** Loses each fifth datagram of a flow on this machine; returns how to end it. */
function loseEachFifth(from: number, to: number): () => void {
  // The browser may have chosen either family.
  const rule = ['INPUT', '-i', 'lo', '-p', 'udp', '--sport', `${from}`, '--dport', `${to}`, '-m', 'statistic', '--mode', 'nth', '--every', '5', '--packet', '0', '-j', 'DROP'];
  for (const table of tables) execFileSync(table, ['-w', '-I', ...rule]);
  return () => {
    for (const table of tables) execFileSync(table, ['-w', '-D', ...rule]);
  };
}

function privileged(): boolean {
  try {
    for (const table of tables) execFileSync(table, ['-w', '-L', 'INPUT', '-n'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The line of the point and what its ear has made up of the sound so far. */
const heard = (page: Page) =>
  page.evaluate(async () => {
    const found = { concealed: 0, samples: 0, packets: 0, from: 0, to: 0, codec: '' };
    const all = new Map<string, Record<string, string | number>>();
    (await window.harness.remoteTrack('b', 'a', window.harness.lk.Track.Source.Microphone)?.getRTCStatsReport())?.forEach((s: Record<string, string | number>) => all.set(String(s.id), s));
    for (const s of all.values()) {
      if (s.type === 'inbound-rtp') {
        Object.assign(found, { concealed: s.concealedSamples, samples: s.totalSamplesReceived, packets: s.packetsReceived, codec: all.get(String(s.codecId))?.mimeType });
      }
      if (s.type === 'candidate-pair' && s.nominated) {
        Object.assign(found, { from: all.get(String(s.remoteCandidateId))?.port, to: all.get(String(s.localCandidateId))?.port });
      }
    }
    return found;
  });

/** Has the page's connections know no RED and ask for no lost sound: for comparison. */
const deaf = (page: Page) =>
  page.evaluate(() => {
    const plain = (sdp: string) => {
      const red = /a=rtpmap:(\d+) red\/48000/i.exec(sdp)?.[1];
      const lines = sdp.split('\r\n').filter((l) => !/^a=rtcp-fb:111 nack/.test(l) && (red === undefined || !new RegExp(`^a=(rtpmap|fmtp|rtcp-fb):${red} `).test(l)));
      return lines.map((l) => (red !== undefined && l.startsWith('m=audio') ? l.replace(new RegExp(` ${red}(?= |$)`), '') : l)).join('\r\n');
    };
    const p = RTCPeerConnection.prototype;
    const remote = p.setRemoteDescription;
    const offer = p.createOffer as unknown as (this: RTCPeerConnection, o?: RTCOfferOptions) => Promise<RTCSessionDescriptionInit>;
    p.setRemoteDescription = function (d) {
      return (remote as (this: RTCPeerConnection, d: RTCSessionDescriptionInit) => Promise<void>).call(this, { type: d.type, sdp: plain(d.sdp ?? '') });
    };
    p.createOffer = async function (this: RTCPeerConnection, o?: RTCOfferOptions) {
      const d = await offer.call(this, o);
      return { type: d.type, sdp: plain(d.sdp ?? '') };
    } as unknown as typeof p.createOffer;
  });

test('P6: with a fifth of single packets lost, RED leaves nothing to be concealed', async ({ compat, client: ear }) => {
  test.skip(!privileged(), 'needs iptables');
  const mouth = await compat.openPage();
  const other = await compat.openPage();
  await deaf(other);
  await joinPoint(compat, mouth, 'a');
  await mouth.evaluate(() => window.harness.point('a').room.localParticipant.setMicrophoneEnabled(true, {}, { red: false, dtx: false }));
  const ends: (() => void)[] = [];
  try {
    for (const page of [ear, other]) {
      await joinPoint(compat, page, 'b', {}, { identity: page === ear ? 'ear' : 'other' });
      await waitAudio(page, 'b', 'a');
      const line = await heard(page);
      ends.push(loseEachFifth(line.from, line.to));
    }
    await ear.waitForTimeout(3_000); // the bridge learns of the loss from reports
    const share = async (page: Page) => {
      const from = await heard(page);
      await page.waitForTimeout(5_000);
      const to = await heard(page);
      return (to.concealed - from.concealed) / (to.samples - from.samples);
    };
    const [having, lacking] = await Promise.all([share(ear), share(other)]);
    console.log(`concealed: ${(100 * having).toFixed(2)} % with RED of the bridge, ${(100 * lacking).toFixed(2)} % with neither RED nor retransmissions`);
    expect(having).toBeLessThan(lacking / 4); // a busy machine conceals some of its own
    expect(lacking).toBeGreaterThan(0.05);
  } finally {
    for (const end of ends) end();
  }
});
