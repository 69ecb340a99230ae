import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Broken, Pending, Unknown } from './Fallback';
import { history } from './history';

const root = createRootRoute({ notFoundComponent: Unknown });
const at = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path });

const join = createRoute({ ...at('/'), component: lazyRouteComponent(async () => import('./JoinRoute'), 'JoinRoute') });
const room = createRoute({ ...at('/hop/$room'), component: lazyRouteComponent(async () => import('./RoomRoute'), 'RoomRoute') });
const content = createRoute({
  ...at('/hop/$room/noi-dung'),
  component: lazyRouteComponent(async () => import('../pages/room/ContentWindow'), 'ContentWindow'),
});
const chair = createRoute({
  ...at('/hop/$room/chu-tri'),
  component: lazyRouteComponent(async () => import('../pages/chair/ChairPage'), 'ChairPage'),
});
const secretary = createRoute({
  ...at('/hop/$room/thu-ky'),
  component: lazyRouteComponent(async () => import('../pages/secretary/SecretaryPage'), 'SecretaryPage'),
});
const technician = createRoute({
  ...at('/hop/$room/ky-thuat'),
  component: lazyRouteComponent(async () => import('../pages/technician/TechnicianPage'), 'TechnicianPage'),
});
const signIn = createRoute({
  ...at('/dang-nhap'),
  component: lazyRouteComponent(async () => import('../pages/signin/SignInPage'), 'SignInPage'),
});
const pairing = createRoute({
  ...at('/ghep-may'),
  component: lazyRouteComponent(async () => import('../pages/pairing/PairingPage'), 'PairingPage'),
});
const home = createRoute({ ...at('/trang-chu'), component: lazyRouteComponent(async () => import('../pages/home/HomePage'), 'HomePage') });
const calendar = createRoute({
  ...at('/lich'),
  component: lazyRouteComponent(async () => import('../pages/calendar/CalendarPage'), 'CalendarPage'),
});
const editor = createRoute({
  ...at('/lich/$meeting'),
  component: lazyRouteComponent(async () => import('../pages/editor/EditorPage'), 'EditorPage'),
});
const minutes = createRoute({
  ...at('/lich/$meeting/bien-ban'),
  component: lazyRouteComponent(async () => import('../pages/minutes/MinutesPage'), 'MinutesPage'),
});
// The way of the letters: what stands behind the # makes it a point's own.
const invitation = createRoute({
  ...at('/invitation'),
  component: lazyRouteComponent(async () => import('../pages/invitation/InvitationPage'), 'InvitationPage'),
});
const guest = createRoute({ ...at('/khach'), component: lazyRouteComponent(async () => import('../pages/guest/GuestPage'), 'GuestPage') });
// Where rooms fetch the authority that they have to trust; the name stands in the bridge's log.
const authority = createRoute({
  ...at('/chung-thu'),
  component: lazyRouteComponent(async () => import('../pages/authority/AuthorityPage'), 'AuthorityPage'),
});

const audit = createRoute({ ...at('/nhat-ky'), component: lazyRouteComponent(async () => import('../pages/audit/AuditPage'), 'AuditPage') });
const status = createRoute({ ...at('/tinh-trang'), component: lazyRouteComponent(async () => import('../pages/status/StatusPage'), 'StatusPage') });
const accounts = createRoute({
  ...at('/tai-khoan-cau'),
  component: lazyRouteComponent(async () => import('../pages/accounts/AccountsPage'), 'AccountsPage'),
});
const machines = createRoute({
  ...at('/may-diem-cau'),
  component: lazyRouteComponent(async () => import('../pages/accounts/MachinesPage'), 'MachinesPage'),
});
const account = createRoute({
  ...at('/tai-khoan'),
  component: lazyRouteComponent(async () => import('../pages/account/AccountPage'), 'AccountPage'),
});

const archive = createRoute({
  ...at('/kho'),
  component: lazyRouteComponent(async () => import('../pages/archive/ArchivePage'), 'ArchivePage'),
});
const recording = createRoute({
  ...at('/kho/$recording'),
  component: lazyRouteComponent(async () => import('../pages/archive/PlayerPage'), 'PlayerPage'),
  validateSearch: (search: Readonly<Record<string, unknown>>): { t?: number; to?: number } => {
    const [second, to] = [Number(search['t']), Number(search['to'])];
    const begin = Number.isFinite(second) && second > 0 ? { t: second } : {};
    return Number.isFinite(to) && to > (begin.t ?? 0) ? { ...begin, to } : begin;
  },
});
const dossier = createRoute({
  ...at('/kho/$recording/ho-so'),
  component: lazyRouteComponent(async () => import('../pages/archive/DossierPage'), 'DossierPage'),
});

const keeping = createRoute({
  ...at('/luu-tru'),
  component: lazyRouteComponent(async () => import('../pages/keeping/KeepingPage'), 'KeepingPage'),
});
const disposals = createRoute({
  ...at('/luu-tru/huy'),
  component: lazyRouteComponent(async () => import('../pages/keeping/DisposalsPage'), 'DisposalsPage'),
});
const retention = createRoute({
  ...at('/luu-tru/thoi-han'),
  component: lazyRouteComponent(async () => import('../pages/keeping/RetentionPage'), 'RetentionPage'),
});

// Every state of every screen beside each other, for those who build them.
const forBuilders = import.meta.env.DEV
  ? [
      createRoute({
        ...at('/mau-man-hinh/$'),
        component: lazyRouteComponent(async () => import('../pages/gallery/GalleryPage'), 'GalleryPage'),
      }),
    ]
  : [];

export const router = createRouter({
  routeTree: root.addChildren([join, room, content, chair, secretary, technician, signIn, pairing, home, calendar, editor, minutes, invitation, guest, authority, account, accounts, machines, audit, status, archive, recording, dossier, keeping, disposals, retention, ...forBuilders]),
  history,
  defaultPendingComponent: Pending,
  defaultPendingMs: 400,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Unknown,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
