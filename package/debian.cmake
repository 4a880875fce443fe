# CPack runs this after it has installed into its folder and before it packs that: adds the files that only a package has.
set(top ${CPACK_TEMPORARY_DIRECTORY})
set(doc ${top}/usr/share/doc/ktls-tuner)
set(readable OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)

set(programs ${top}/usr/sbin/ktls-tuner ${top}/usr/libexec/ktls-tuner/ktls-tuner-probe
    ${top}/usr/libexec/ktls-tuner/ktls-tuner-bench)

execute_process(COMMAND ${CPACK_KTLS_TUNER_STRIP} --strip-unneeded --remove-section=.comment ${programs} COMMAND_ERROR_IS_FATAL ANY)

set(other_architecture "")
if(CPACK_DEBIAN_PACKAGE_ARCHITECTURE)
  set(other_architecture --architecture ${CPACK_DEBIAN_PACKAGE_ARCHITECTURE})
endif()
execute_process(COMMAND ${CPACK_KTLS_TUNER_PACKAGE}/sbom --version ${CPACK_PACKAGE_VERSION} --build ${CPACK_KTLS_TUNER_BUILD}
                        --ninja ${CPACK_KTLS_TUNER_NINJA} --opened ${CPACK_DEBIAN_PACKAGE_DEPENDS}
                        ${other_architecture} --out ${doc}/ktls-tuner.spdx.json ${programs}
                COMMAND_ERROR_IS_FATAL ANY)

file(COPY ${CPACK_KTLS_TUNER_PACKAGE}/debian/copyright DESTINATION ${doc} FILE_PERMISSIONS ${readable})
file(COPY ${CPACK_KTLS_TUNER_PACKAGE}/debian/overrides/ktls-tuner DESTINATION ${top}/usr/share/lintian/overrides
     FILE_PERMISSIONS ${readable})
# The links of monitoring/README.md lead to the files beside it.
foreach(file ktls-tuner.rules.yml ktls-tuner.dashboard.json)
  file(CREATE_LINK ../../../ktls-tuner/monitoring/${file} ${doc}/monitoring/${file} SYMBOLIC)
endforeach()
file(MAKE_DIRECTORY ${top}/etc/ktls-tuner/profiles.d)

# string(TIMESTAMP) uses SOURCE_DATE_EPOCH.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${doc}/changelog "ktls-tuner (${CPACK_PACKAGE_VERSION}) stable; urgency=medium

  * See CHANGELOG.md in this folder.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
execute_process(COMMAND gzip -9n ${doc}/changelog COMMAND_ERROR_IS_FATAL ANY)

# Every file in /etc is a conffile, so dpkg keeps the administrator's changes.
file(GLOB_RECURSE configuration LIST_DIRECTORIES false RELATIVE ${top} ${top}/etc/*)
list(SORT configuration)
set(conffiles "")
foreach(file IN LISTS configuration)
  string(APPEND conffiles "/${file}\n")
endforeach()
file(WRITE ${CPACK_KTLS_TUNER_CONFFILES} "${conffiles}")
