#!/bin/sh
# Makes the looping samples that the load tool sends: one second of picture in
# three layers and two codecs, two seconds of sound. Every picture sample begins
# with its only keyframe, so it loops, and starts anew when a keyframe is asked
# for. Needs ffmpeg with libvpx, libx264 and libopus.
set -eu
cd "$(dirname "$0")"

# The picture: a moving test pattern under temporal noise, so that the encoders
# need the bit rates of a real camera.
picture() { # width height
	echo "testsrc2=size=${1}x${2}:rate=30,noise=alls=10:allf=t"
}

vp8() { # layer width height kbit/s
	ffmpeg -hide_banner -loglevel error -y -f lavfi -i "$(picture "$2" "$3")" -frames:v 30 \
		-c:v libvpx -deadline good -cpu-used 4 -g 999 -keyint_min 999 -auto-alt-ref 0 -lag-in-frames 0 \
		-max-intra-rate 300 -b:v "${4}k" -minrate "${4}k" -maxrate "${4}k" -bufsize "$(($4 / 2))k" "vp8_$1.ivf"
}

h264() { # layer width height kbit/s
	ffmpeg -hide_banner -loglevel error -y -f lavfi -i "$(picture "$2" "$3")" -frames:v 30 \
		-c:v libx264 -profile:v baseline -level 3.1 -pix_fmt yuv420p -preset medium -tune zerolatency -g 999 -bf 0 \
		-x264-params "sliced-threads=0:slices=1:scenecut=0" \
		-b:v "${4}k" -maxrate "${4}k" -bufsize "$(($4 / 3))k" "h264_$1.h264"
}

for make in vp8 h264; do
	$make q 320 180 150
	$make h 640 360 500
	$make f 1280 720 1700
done

# The sound: a warbling tone over faint noise. Never silent, so that the
# encoder sends every 20 ms and an active speaker can be recognised.
ffmpeg -hide_banner -loglevel error -y \
	-f lavfi -i "sine=frequency=330:beep_factor=3:duration=2:sample_rate=48000,tremolo=f=5:d=0.6" \
	-f lavfi -i "anoisesrc=color=pink:amplitude=0.05:duration=2:sample_rate=48000:seed=7" \
	-filter_complex "amix=inputs=2:duration=shortest" \
	-c:a libopus -b:a 32k -ac 1 -application voip -frame_duration 20 -page_duration 20000 opus.ogg
