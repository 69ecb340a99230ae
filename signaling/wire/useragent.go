package wire

import (
	"strings"

	"github.com/livekit/protocol/livekit"
)

// describeClient fills in what a browser says of itself in the User-Agent
// header only. Native SDKs name their system in the parameters.
func describeClient(info *livekit.ClientInfo, userAgent string) {
	switch info.Sdk {
	case livekit.ClientInfo_JS, livekit.ClientInfo_REACT_NATIVE, livekit.ClientInfo_FLUTTER,
		livekit.ClientInfo_UNITY, livekit.ClientInfo_UNITY_WEB, livekit.ClientInfo_UNKNOWN:
	default:
		return
	}
	if info.Browser == "" {
		info.Browser, info.BrowserVersion = browserOf(userAgent)
	}
	if info.Os == "" {
		info.Os, info.OsVersion = systemOf(userAgent)
	}
	if info.DeviceModel == "" {
		info.DeviceModel = deviceOf(userAgent)
	}
}

// browsers are looked for in this order: most claim to be others as well. A
// browser has the same name on a phone: the system tells the rest. On iOS all
// are Safari inside, so the others have names of their own there.
var browsers = []struct{ mark, name string }{
	{"EdgiOS/", "Edge iOS"}, {"EdgA/", "Edge"}, {"Edg/", "Edge"}, {"Edge/", "Edge"},
	{"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
	{"coc_coc_browser/", "Coc Coc"}, // widespread in Vietnam
	{"FxiOS/", "Firefox iOS"}, {"Firefox/", "Firefox"},
	{"CriOS/", "Chrome iOS"}, {"HeadlessChrome/", "HeadlessChrome"}, {"Chrome/", "Chrome"},
	{"Version/", "Safari"}, // only Safari gives its version so
}

func browserOf(userAgent string) (name, version string) {
	for _, b := range browsers {
		version, found := versionAfter(userAgent, b.mark)
		if !found {
			continue
		}
		if b.name == "Safari" && !strings.Contains(userAgent, "Safari/") {
			continue
		}
		return b.name, version
	}
	return "", ""
}

// systems are looked for in this order: Android is also a Linux, and an iPhone
// says that it is like Mac OS X.
var systems = []struct{ mark, name string }{
	{"Windows NT ", "Windows"}, {"Android ", "Android"}, {"Android", "Android"},
	{"iPhone OS ", "iOS"}, {"CPU OS ", "iOS"}, {"CrOS ", "Chrome OS"},
	{"Mac OS X ", "Mac OS X"}, {"Ubuntu", "Ubuntu"}, {"Linux", "Linux"},
}

func systemOf(userAgent string) (name, version string) {
	for _, s := range systems {
		version, found := versionAfter(userAgent, s.mark)
		if !found {
			continue
		}
		switch s.name {
		case "Windows":
			if version == "10.0" { // 11 says so too
				version = "10"
			}
		case "Chrome OS", "Ubuntu", "Linux":
			version = ""
		}
		return s.name, strings.ReplaceAll(version, "_", ".")
	}
	return "", ""
}

func deviceOf(userAgent string) string {
	for _, device := range []string{"iPhone", "iPad"} {
		if strings.Contains(userAgent, device) {
			return device
		}
	}
	if strings.Contains(userAgent, "Macintosh") {
		return "Mac"
	}
	// "(Linux; Android 14; Pixel 7 Build/UQ1A)"
	_, rest, found := strings.Cut(userAgent, "; Android ")
	if !found {
		return ""
	}
	inside, _, _ := strings.Cut(rest, ")")
	_, model, _ := strings.Cut(inside, "; ")
	model, _, _ = strings.Cut(model, " Build/")
	model, _, _ = strings.Cut(model, ";")
	return strings.TrimSpace(model)
}

// versionAfter finds a mark and the digits, dots and underscores that follow it.
func versionAfter(userAgent, mark string) (version string, found bool) {
	_, rest, found := strings.Cut(userAgent, mark)
	if !found {
		return "", false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '_' })
	if end >= 0 {
		rest = rest[:end]
	}
	return rest, true
}
