import{i as u}from"./chunk-AWWH37GZ.js";function d(){return u("h1",{children:"build"})}export{d as default};
