#!/bin/sh
# Posts the events of a story, one JSON object a line, to a running portal, signed
# as Stripe signs them: those of connected accounts to the endpoint for them.
#
#   scripts/story.sh story.jsonl http://127.0.0.1:8080 whsec_demo [whsec_connect]
#
# Without the last, both endpoints have the same secret. What becomes of the demo's
# story is at /portal/api/: subscriptions of client:acme, account and payouts of expert:nina.
#
# Needs curl and openssl. Ends with 1 when an event is not acknowledged. The secret
# is seen in the list of processes while openssl runs: use one made for tests.
set -eu

if [ $# -lt 3 ] || [ $# -gt 4 ]; then
	echo "usage: $0 story.jsonl http://127.0.0.1:8080 whsec_... [whsec_...]" >&2
	exit 2
fi
story=$1 portal=${2%/}
posted=0

while IFS= read -r event || [ -n "$event" ]; do
	[ -n "$event" ] || continue
	case $event in
	*'"account": "acct_'* | *'"account":"acct_'*) path=/webhooks/stripe/connect secret=${4:-$3} ;;
	*) path=/webhooks/stripe secret=$3 ;;
	esac
	now=$(date +%s)
	signature=$(printf '%s.%s' "$now" "$event" | openssl dgst -sha256 -hmac "$secret" | sed 's/^.*= *//')
	status=$(printf '%s' "$event" | curl --silent --show-error --max-time 10 --output /dev/null --write-out '%{http_code}' \
		--header 'Content-Type: application/json' --header "Stripe-Signature: t=$now,v1=$signature" \
		--data-binary @- "$portal$path")
	if [ "$status" != 200 ]; then
		echo "$0: event $((posted + 1)) of $story was answered with $status" >&2
		exit 1
	fi
	posted=$((posted + 1))
done <"$story"
echo "$posted events acknowledged"
