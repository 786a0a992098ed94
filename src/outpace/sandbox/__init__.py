"""The one place that starts processes; foreign code in tiers; the security boundary."""

from outpace.sandbox.box import Box as Box
from outpace.sandbox.box import Egress as Egress
from outpace.sandbox.box import Loopback as Loopback
from outpace.sandbox.box import Network as Network
from outpace.sandbox.box import NoNetwork as NoNetwork
from outpace.sandbox.box import Nowhere as Nowhere
from outpace.sandbox.confinement import Confined as Confined
from outpace.sandbox.confinement import Exceeded as Exceeded
from outpace.sandbox.confinement import confine as confine
from outpace.sandbox.confinement import strongest as strongest
from outpace.sandbox.masking import mask as mask
from outpace.sandbox.processes import Done as Done
from outpace.sandbox.processes import no_room as no_room
from outpace.sandbox.processes import ran_out_of_room as ran_out_of_room
from outpace.sandbox.processes import run as run
from outpace.sandbox.streaming import stream as stream
from outpace.sandbox.tiers import FileSystem as FileSystem
from outpace.sandbox.tiers import Full as Full
from outpace.sandbox.tiers import NoSandbox as NoSandbox
from outpace.sandbox.tiers import Tier as Tier
from outpace.sandbox.tiers import own_folders as own_folders
