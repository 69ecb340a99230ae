package relay

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

func TestCredentialsKeepAnAllocationButMakeNoNewOneOnceExpired(t *testing.T) {
	t.Parallel()
	at := time.Now()
	_, r := bridge(t, "127.0.0.1", func(s *Settings) { s.Now = func() time.Time { return at }; s.Lifetime = time.Hour })
	name := r.ICEServers("PA_one")[0].Username
	for _, c := range []struct {
		method stun.Method
		after  time.Duration
		ok     bool
	}{
		{stun.MethodAllocate, 59 * time.Minute, true},
		{stun.MethodAllocate, 61 * time.Minute, false},
		{stun.MethodRefresh, 61 * time.Minute, true},
		{stun.MethodChannelBind, 24 * time.Hour, true},
		{stun.MethodRefresh, 26 * time.Hour, false},
	} {
		r.settings.Now = func() time.Time { return at.Add(c.after) }
		_, _, ok := r.authenticate(&turn.RequestAttributes{
			Username: name, Realm: r.settings.Realm, Method: c.method, SrcAddr: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)},
		})
		if ok != c.ok {
			t.Errorf("%v after %v: %v", c.method, c.after, ok)
		}
	}
}

func FuzzUsername(f *testing.F) {
	k := keyring{secret: bytes.Repeat([]byte{7}, 32), realm: defaultRealm}
	good := k.username("PA_one", time.Unix(1800000000, 0))
	f.Add(good)
	f.Add(good + ":")
	f.Add("1800000000:" + good)
	f.Add("::")
	f.Add("")
	f.Fuzz(func(t *testing.T, name string) {
		id, expiry, ok := k.open(name)
		if ok && k.username(id, expiry) != name {
			t.Fatalf("%q was taken for one of ours", name)
		}
	})
}

func FuzzFailures(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 1, 1, 1, 1, 1, 1, 1, 1, 1})
	f.Fuzz(func(t *testing.T, steps []byte) {
		l, now := newLimiter(), time.Unix(0, 0)
		for _, s := range steps {
			now = now.Add(time.Duration(s>>3) * time.Second)
			k := failureKey{id: string(s & 7)}
			l.failed(k, now)
			if b := l.used[k]; b.used < 1 || b.used > failureBurst || b.at.After(now) {
				t.Fatalf("bucket %+v at %v", b, now)
			}
			if !l.allows(k, now.Add(failureBurst*failureRefill)) {
				t.Fatal("a user is shut out for ever")
			}
		}
	})
}
