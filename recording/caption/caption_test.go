package caption_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diemcau/recording/caption"
)

const vtt = "\ufeffWEBVTT - biên bản\r\n\r\nNOTE ghi chú --> không phải lời\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n1\r\n00:03.500 --> 00:05.000 line:0 align:start\r\n<v Bà Lò Thị Mẫu>Giải ngân <b>vốn</b> &amp; đầu tư\r\ncông.\r\n\r\n01:00:00.000 --> 01:00:02.000\r\n- Nhất trí.\r\n"

const srt = "1\n00:00:03,500 --> 00:00:05,000\nGiải ngân <i>vốn</i>\nđầu tư công.\n\n2\n00:00:01,000 --> 00:00:02,000\nMời đồng chí.\n"

func TestARC08_CaptionFilesOfBothKindsGiveWordsTimesAndVoices(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]caption.Cue{
		vtt: {{At: 3500, To: 5000, Who: "Bà Lò Thị Mẫu", Text: "Giải ngân vốn & đầu tư công."}, {At: 3_600_000, To: 3_602_000, Text: "- Nhất trí."}},
		srt: {{At: 1000, To: 2000, Text: "Mời đồng chí."}, {At: 3500, To: 5000, Text: "Giải ngân vốn đầu tư công."}},
	} {
		got, err := caption.Read([]byte(text))
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v: %s", err, cmp.Diff(want, got))
		}
		again, err := caption.Read(caption.VTT(got))
		if err != nil || !cmp.Equal(again, got) {
			t.Errorf("written and read again: %v %s", err, cmp.Diff(got, again))
		}
	}
}

func TestCaptionFilesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"": caption.ErrNoCues, "WEBVTT\n": caption.ErrNoCues, "%PDF-1.7": caption.ErrNoCues, "\xff\xfe": caption.ErrNotText, "WEBVTT\n\n00:01.000 --> 00:02.000\na\x00": caption.ErrNotText,
		"1\n00:00:05,000 --> 00:00:04,000\nngược\n": caption.ErrNoCues, "1\n99:99:99,000 --> 99:99:99,999\nx\n": caption.ErrNoCues,
		strings.Repeat("x", caption.LargestFile+1): caption.ErrTooLarge,
	} {
		if _, err := caption.Read([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%.30q: %v, want %v", text, err, want)
		}
	}
}

func TestPassagesKeepWordsTogetherThatACueDivides(t *testing.T) {
	t.Parallel()
	cues := []caption.Cue{{At: 0, To: 900, Who: "A", Text: "giải ngân"}, {At: 1000, To: 2000, Who: "A", Text: "vốn đầu tư"}, {At: 2100, To: 3000, Who: "B", Text: "nhất trí"}, {At: 9000, To: 9900, Who: "B", Text: "hết"}}
	want := []caption.Cue{{At: 0, To: 2000, Who: "A", Text: "giải ngân vốn đầu tư"}, cues[2], cues[3]}
	if got := caption.Passages(cues); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if got := caption.Shift(cues[:2], -950); len(got) != 1 || got[0].At != 50 {
		t.Errorf("shifted: %v", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(vtt))
	f.Add([]byte(srt))
	f.Add([]byte("1\n0:0,0 --> 1:0\n<v <v a>>&#0;&#x202e;"))
	f.Fuzz(func(t *testing.T, b []byte) {
		cues, err := caption.Read(b)
		if err != nil {
			return
		}
		for i, c := range cues {
			if c.Text == "" || c.To <= c.At || c.At < 0 || i > 0 && c.At < cues[i-1].At || strings.ContainsAny(c.Text+c.Who, "\n\u202e\x00") {
				t.Fatalf("%+v", c)
			}
		}
		again, err := caption.Read(caption.VTT(cues))
		if err != nil || len(again) != len(cues) {
			t.Fatalf("%d cues written, %d read, %v", len(cues), len(again), err)
		}
	})
}
