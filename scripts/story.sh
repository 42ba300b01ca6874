#!/bin/sh
# Posts the events of a story, one JSON object a line, to a running portal, signed
# as Stripe signs them:
#
#   scripts/story.sh story.jsonl http://127.0.0.1:8080 whsec_demo
#
# Needs curl and openssl. Ends with 1 when an event is not acknowledged. The secret
# is seen in the list of processes while openssl runs: use one made for tests.
set -eu

if [ $# -ne 3 ]; then
	echo "usage: $0 story.jsonl http://127.0.0.1:8080 whsec_..." >&2
	exit 2
fi
story=$1 portal=${2%/} secret=$3
posted=0

while IFS= read -r event || [ -n "$event" ]; do
	[ -n "$event" ] || continue
	now=$(date +%s)
	signature=$(printf '%s.%s' "$now" "$event" | openssl dgst -sha256 -hmac "$secret" | sed 's/^.*= *//')
	status=$(printf '%s' "$event" | curl --silent --show-error --max-time 10 --output /dev/null --write-out '%{http_code}' \
		--header 'Content-Type: application/json' --header "Stripe-Signature: t=$now,v1=$signature" \
		--data-binary @- "$portal/webhooks/stripe")
	if [ "$status" != 200 ]; then
		echo "$0: event $((posted + 1)) of $story was answered with $status" >&2
		exit 1
	fi
	posted=$((posted + 1))
done <"$story"
echo "$posted events acknowledged"
