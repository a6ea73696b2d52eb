# Two vectors at a time, by the schedule.
lcn_tile()
