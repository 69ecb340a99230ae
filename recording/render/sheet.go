package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"

	"diemcau/recording/archive"
)

// The small pictures for the seek bar.
const (
	smallWidth, smallHeight = 160, 90
	sheetColumns, sheetRows = 8, 6
	sheetCells              = sheetColumns * sheetRows
	picturesAtMost          = 360 // of a recording
	pictureEvery            = 5_000
	jpegQuality             = 70
)

// Sheets is how far the small pictures of a recording are.
type Sheets struct {
	Done    bool  `json:"done"`
	Every   int64 `json:"every" doc:"ms between two pictures"`
	Count   int   `json:"count" doc:"pictures that are made"`
	Width   int   `json:"width"`
	Height  int   `json:"height"`
	Columns int   `json:"columns"`
	Cells   int   `json:"cells" doc:"pictures of a sheet"`
}

func newSheets(length int64) Sheets {
	every := max(int64(pictureEvery), (length/picturesAtMost+999)/1000*1000)
	return Sheets{Every: every, Width: smallWidth, Height: smallHeight, Columns: sheetColumns, Cells: sheetCells}
}

func sheetName(dir string, n int) string { return filepath.Join(dir, fmt.Sprintf("sheet-%03d.jpg", n)) }

// sheeter makes the small pictures of one recording.
type sheeter struct {
	settings Settings
	dir      string
	item     *archive.Item
	cuts     *cutter
	state    *Sheets
	spoken   []turn
}

// make makes all sheets that are missing, one after another.
func (s *sheeter) make(ctx context.Context, save func() error) error {
	s.spoken = turnsOf(s.item)
	whole := int((s.item.Length + s.state.Every - 1) / s.state.Every)
	for s.state.Count < whole {
		first := s.state.Count
		n := min(whole-first, sheetCells)
		if err := room(s.settings); err != nil {
			return err
		}
		sheet := image.NewRGBA(image.Rect(0, 0, sheetColumns*smallWidth, (n+sheetColumns-1)/sheetColumns*smallHeight))
		draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.RGBA{0x0e, 0x14, 0x1b, 0xff}), image.Point{}, draw.Src)
		for i := range n {
			small, err := s.picture(ctx, int64(first+i)*s.state.Every)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil || small == nil {
				continue // its cell stays dark: one picture that cannot be read is no reason to have none
			}
			at := image.Pt(i%sheetColumns*smallWidth, i/sheetColumns*smallHeight)
			draw.Draw(sheet, small.Bounds().Add(at), small, image.Point{}, draw.Src)
		}
		if err := writeSheet(sheetName(s.dir, first/sheetCells), sheet); err != nil {
			return err
		}
		s.state.Count = first + n
		if err := save(); err != nil {
			return err
		}
	}
	s.state.Done = true
	return save()
}

func writeSheet(name string, sheet image.Image) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, sheet, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	if err := os.WriteFile(name+".new", b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return os.Rename(name+".new", name)
}

// picture is who spoke at a time, from the last key picture before it; nil when
// nobody was seen.
func (s *sheeter) picture(ctx context.Context, at int64) (image.Image, error) {
	tracks := shown(s.item, s.spoken, Speaker, at, at+1)
	if len(tracks) == 0 {
		return nil, nil
	}
	cut, out := filepath.Join(s.dir, "small.cut"), filepath.Join(s.dir, "small.rgba")
	defer func() { _, _ = os.Remove(cut), os.Remove(out) }() // only their space is lost otherwise
	if ok, err := s.cuts.still(tracks[0], at, cut); err != nil || !ok {
		return nil, err
	}
	graph := fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=decrease,pad=%d:%d:(ow-iw)/2:(oh-ih)/2:color=%s", smallWidth, smallHeight, smallWidth, smallHeight, dark)
	if err := runCommand(ctx, s.settings.Command, []string{"-threads", "1", "-i", cut, "-frames:v", "1", "-vf", graph, "-pix_fmt", "rgba", "-f", "rawvideo", out}); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	if err == nil && len(b) != 4*smallWidth*smallHeight {
		err = errors.New("render: a picture of another size")
	}
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return &image.RGBA{Pix: b, Stride: 4 * smallWidth, Rect: image.Rect(0, 0, smallWidth, smallHeight)}, nil
}
