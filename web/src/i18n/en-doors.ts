import type { viDoors } from './vi-doors';

export const enDoors: typeof viDoors = {
  authority: {
    title: "Install the bridge's certificate",
    none: 'This bridge uses a certificate of your organisation. There is nothing to install.',
    why: 'This bridge issues its own certificates inside the network. Install its authority once on each machine, so that browsers trust the bridge and allow microphone and camera.',
    fetch: 'Download certificate (.crt)',
    print: 'SHA-256 fingerprint, valid until {{ends}}',
    compare: 'Before you install it, compare this fingerprint with the one that your technician gave you. If a single character differs, stop and report it.',
    windows: {
      name: 'Windows (Chrome, Edge)',
      steps: [
        'Open the downloaded file diemcau-ca.crt and choose “Install Certificate…”.',
        'Choose “Local Machine” (needs an administrator) or “Current User”, then “Next”.',
        'Choose “Place all certificates in the following store”, then “Trusted Root Certification Authorities”.',
        'Press “Finish”, confirm, close the browser completely and open it again.',
        'Many machines in a domain: distribute the file by Group Policy under “Trusted Root Certification Authorities”.',
      ],
    },
    firefox: {
      name: 'Firefox',
      steps: [
        'Open Settings → Privacy & Security → Certificates → “View Certificates”.',
        'On the tab “Authorities” press “Import” and choose diemcau-ca.crt.',
        'Tick “Trust this CA to identify websites” and press “OK”.',
      ],
    },
    android: {
      name: 'Android (Chrome)',
      steps: [
        'Download the file. Open Settings → Security → Encryption & credentials → “Install a certificate” → “CA certificate”.',
        'Confirm the warning, enter the screen lock and choose diemcau-ca.crt.',
        "Open Chrome again and go to the bridge's address.",
      ],
    },
    linux: {
      name: 'Linux',
      steps: [
        'Chrome, Chromium: Settings → Privacy and security → Security → Manage certificates → import under “Authorities”.',
        'Whole machine: copy the file (as PEM, data/ca/ca.crt on the server) to /usr/local/share/ca-certificates and run update-ca-certificates.',
      ],
    },
  },
  doors: {
    account: 'My account',
    or: 'or',
    byPasskey: 'Use a passkey',
    proved: 'Confirmed. Close this window and go back to what you were doing.',
    passkeys: 'Passkeys',
    passkeysText: 'A passkey lies on your computer, phone or USB key and opens with its PIN, your finger or your face. With it neither password nor code is needed.',
    passkeysNot: 'Passkeys do not work in this browser or at this address: open the bridge by its name over HTTPS.',
    device: 'Name of the device',
    deviceHint: 'For example: computer of the secretariat',
    add: 'Add a passkey',
    remove: 'Remove',
    made: 'Added {{time}}',
    used: 'Last used {{time}}',
    neverUsed: 'Not used yet',
    recovery: 'Recovery codes',
    recoveryText: 'Write them down and keep them safe. Each opens once when a device is lost; they are not shown again.',
    sessions: 'Where you are signed in',
    this: 'this machine',
    seen: 'Active {{time}}',
    end: 'End',
    endOthers: 'End all other sessions',
    prove: 'Confirm that it is you',
    confirm: 'Confirm',
  },
};
