package bridge

import (
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/signaling"
)

// event translates what happened in the media plane for the session plane; nil
// means that it does not concern it.
func event(e engine.Event) signaling.MediaEvent {
	switch e := e.(type) {
	case engine.LocalDescription:
		return signaling.MediaDescription{Target: signaling.Target(e.Target), SessionDescription: signaling.SessionDescription(e.SessionDescription)}
	case engine.LocalCandidate:
		return signaling.MediaCandidate{Target: signaling.Target(e.Target), JSON: e.JSON, Final: e.Final}
	case engine.Connected:
		return signaling.MediaConnected{}
	case engine.Silent:
		return signaling.MediaSilent{}
	case engine.Failed:
		return signaling.MediaFailed{Target: signaling.Target(e.Target)}
	case engine.NegotiationFailed:
		return signaling.MediaNegotiationFailed(e)
	case engine.Unanswered:
		return signaling.MediaUnanswered(e)
	case engine.Published:
		return published(e)
	case engine.Unpublished:
		return signaling.MediaUnpublished(e)
	case engine.Found:
		return signaling.MediaFound(e)
	case engine.Subscribed:
		return signaling.MediaSubscribed(e)
	case engine.SubscriptionFailed:
		return signaling.MediaSubscriptionFailed(e)
	case engine.SectionsNeeded:
		return signaling.MediaSectionsNeeded(e)
	case engine.StreamPaused:
		return signaling.MediaStreamPaused(e)
	case engine.QualitiesWanted:
		return signaling.MediaQualitiesWanted(e)
	case engine.Data:
		return signaling.MediaData{Kind: signaling.DataKind(e.Kind), Labelled: e.Labelled, Payload: e.Payload}
	case engine.DataReady:
		return signaling.MediaDataReady{Kind: signaling.DataKind(e.Kind)}
	case engine.DataOverflow:
		return signaling.MediaDataOverflow{}
	case engine.Quality:
		return signaling.MediaQuality(e)
	}
	return nil
}

func published(e engine.Published) signaling.MediaEvent {
	layers := make([]signaling.Layer, len(e.Info.Layers))
	for i, l := range e.Info.Layers {
		layers[i] = layerOf(l)
	}
	return signaling.MediaPublished{
		ID: e.Info.ID, MIME: e.Info.MIME, MID: e.MID, CID: e.CID, SDPCID: e.SDPCID,
		Layers: layers, RED: e.RED,
	}
}

func layerOf(l sfu.LayerInfo) signaling.Layer {
	return signaling.Layer{RID: l.RID, SSRC: l.SSRC, Width: l.Width, Height: l.Height}
}
