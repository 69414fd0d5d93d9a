  # A base that does not have the script yet has nothing to be measured by it.
  if [[ -e {{script}} ]]; then
    start_service
    # 99: thresholds of the script's own were crossed. What was measured counts all the same.
    k6 run --quiet --out "json=$1/api/$2.json.gz" {{script}} || [[ $? = 99 ]]
    stop_service
  fi
