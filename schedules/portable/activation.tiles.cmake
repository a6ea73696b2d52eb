# One vector at a time.
lcn_tile()
