# What was planned is sent, and opened: of 08:30 a fifth, of 12:30 a tenth, of 20:20 a quarter.
{
  match($0, /"user_id":"m[0-9]+"/); member = substr($0, RSTART + 12, RLENGTH - 13)
  match($0, /"arm":"[^"]+"/); arm = substr($0, RSTART + 7, RLENGTH - 8)
  if (arm == "none") next
  rest = "\"user_id\":\"m" member "\",\"properties\":{\"push_id\":\"hours-2026-08-04\"}}"
  print "{\"ts\":\"2026-08-04T" arm ":00Z\",\"event\":\"push_sent\"," rest
  part = arm == "08:30" ? 5 : arm == "12:30" ? 10 : 4
  if (member % part == 0) print "{\"ts\":\"2026-08-04T" arm ":30Z\",\"event\":\"push_open\"," rest
}
