lcn_tile(rows=1 lanes=1)
lcn_tile(rows=4 lanes=1)
lcn_tile(rows=1,4 lanes=4 ragged=false,true)
lcn_tile(rows=1,4 ragged=false,true)
