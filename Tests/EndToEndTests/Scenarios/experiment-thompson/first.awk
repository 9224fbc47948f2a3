# 900 members who were active once.
BEGIN { for (member = 0; member < 900; member++)
  print "{\"ts\":\"2026-08-02T12:00:00Z\",\"user_id\":\"m" member "\",\"event\":\"view\"}" }
