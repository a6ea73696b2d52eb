# `stream` needs stores past the caches (see schedules/streaming_stores.py); without llc there is no such kernel.
lcn_tile(vectors=4 streaming=true)
