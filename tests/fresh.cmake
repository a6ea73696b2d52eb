# STALE lists tables whose evidence is of other kernels.
file(READ ${STALE} stale)
if(stale)
  message("measure anew with ./run tune --table:\n${stale}")
else()
  message("no table is stale")
endif()
