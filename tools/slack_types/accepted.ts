// What the tests ask about: a block of any kind, a modal and a Home tab. The schema is made from this one type.
import type { HomeView, KnownBlock, ModalView } from "@slack/types";

export interface Accepted {
  block: KnownBlock;
  modal: ModalView;
  home: HomeView;
}
