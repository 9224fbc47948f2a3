# 300 members with a push on each of these days, of which every fifth is opened: in June all, on the last day none yet.
BEGIN {
  count = split("06-20 07-10 07-12 07-14 07-16 07-18 07-20 07-22 07-24 07-31", days, " ")
  for (place = 1; place <= count; place++) for (member = 0; member < 300; member++) {
    rest = "\"user_id\":\"m" member "\",\"properties\":{\"push_id\":\"p" place "\"}}"
    print "{\"ts\":\"2026-" days[place] "T12:00:00Z\",\"event\":\"push_sent\"," rest
    if (place == 1 || place < count && (member + place) % 5 == 0)
      print "{\"ts\":\"2026-" days[place] "T13:00:00Z\",\"event\":\"push_open\"," rest
  }
}
