# FILL IN: starts the service that was built, and returns once it answers. Each run gets a fresh one.
start_service() {
  say "fill in start_service in .github/tailguard/measure.sh"
  return 1
  # For example:
  # ./target/release/SERVICE --port 8080 >/dev/null & service=$!
  # curl --silent --fail --output /dev/null --retry 60 --retry-delay 1 --retry-all-errors \
  #   http://127.0.0.1:8080/health
}

stop_service() {
  [[ -z ${service:-} ]] || kill "$service"
  wait
}
